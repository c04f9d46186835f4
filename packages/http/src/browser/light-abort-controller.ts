/** In a browser that of the platform, looked up when one is made: a page makes few of them. */
function makeController(): AbortController {
  return new AbortController();
}

/** As a value: `new LightAbortController()`. */
export const LightAbortController = makeController as unknown as typeof AbortController;
/** As a type. */
export type LightAbortController = AbortController;
