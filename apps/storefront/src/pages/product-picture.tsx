/** @jsxImportSource hono/jsx */
/** Pictures of the products: drawings, so that the shop loads nothing from elsewhere. */

interface Drawing {
  readonly body: string;
  /** Drawn as a line. */
  readonly handle?: string;
}

const DRAWINGS: Readonly<Record<string, Drawing>> = {
  mug: { body: 'M58 62h72v52a26 26 0 0 1-26 26H84a26 26 0 0 1-26-26z', handle: 'M128 74h12a19 19 0 0 1 0 38h-12' },
  teapot: {
    body: 'M70 74c14-10 46-10 60 0 18 12 22 40 4 60-6 8-62 8-68 0-18-20-14-48 4-60z M88 64a12 10 0 0 1 24 0z',
    handle: 'M62 84c-32-8-36 34-2 40 M138 104c16-6 14-22 30-26',
  },
  bowl: { body: 'M40 80h120c0 34-24 56-46 58v8H86v-8C64 136 40 114 40 80z' },
  plate: { body: 'M30 104c0-18 31-32 70-32s70 14 70 32-31 32-70 32-70-14-70-32z' },
  jug: {
    body: 'M74 46h44l10-8 6 6-10 16c14 18 18 66 4 86H74c-16-24-12-70 2-88z',
    handle: 'M76 72c-34-2-36 48-8 52',
  },
  vase: { body: 'M90 34h20c-2 26 2 34 14 54 14 24 4 52-6 60H82c-10-8-20-36-6-60 12-20 16-28 14-54z' },
};

/** Draws a product. Says nothing to screen readers: the name stands beside it. */
export function ProductPicture({ id }: { id: string }) {
  const { body, handle } = DRAWINGS[id] ?? { body: '' };
  return (
    <svg class={`picture picture-${id}`} viewBox="0 24 200 136" aria-hidden="true" focusable="false">
      <ellipse class="picture-shadow" cx="100" cy="148" rx="62" ry="9" />
      {handle && <path class="picture-handle" d={handle} />}
      <path class="picture-body" d={body} />
      {id === 'plate' ? (
        <ellipse class="picture-glaze" cx="100" cy="102" rx="46" ry="19" />
      ) : (
        <path class="picture-glaze" d={body} clip-path="inset(0 0 55% 0)" />
      )}
    </svg>
  );
}
