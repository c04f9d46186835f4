/** The type of JSON values, inferred from all of them together. */

/** What values may be; empty when there was no value. */
export interface Shape {
  /** `string`, `number`, `boolean`, `null`. */
  readonly primitives: Set<string>;
  /** What the elements of arrays may be; absent without an array. */
  elements?: Shape;
  /** Objects: how many there were, and each property with how many of them have it. */
  object?: { count: number; readonly properties: Map<string, { count: number; readonly shape: Shape }> };
}

/** Creates the shape of no value. */
export function emptyShape(): Shape {
  return { primitives: new Set() };
}

/** Widens a shape so that a value fits it. */
export function addValue(shape: Shape, value: unknown): void {
  if (Array.isArray(value)) {
    shape.elements ??= emptyShape();
    for (const element of value) addValue(shape.elements, element);
  } else if (typeof value === 'object' && value !== null) {
    shape.object ??= { count: 0, properties: new Map() };
    shape.object.count += 1;
    for (const [key, part] of Object.entries(value)) {
      const property = shape.object.properties.get(key) ?? { count: 0, shape: emptyShape() };
      property.count += 1;
      addValue(property.shape, part);
      shape.object.properties.set(key, property);
    }
  } else {
    shape.primitives.add(value === null ? 'null' : typeof value);
  }
}

/** Writes a shape as TypeScript. Values of decisions are frozen, so that everything is `readonly`. */
export function formatShape(shape: Shape, indent: string): string {
  const types = [...shape.primitives].sort();
  if (shape.elements !== undefined) {
    const element = formatShape(shape.elements, indent);
    types.push(`readonly ${element.includes(' | ') && !element.startsWith('{') ? `(${element})` : element}[]`);
  }
  if (shape.object !== undefined) types.push(formatObject(shape.object, indent));
  return types.length === 0 ? 'unknown' : types.join(' | ');
}

function formatObject({ count, properties }: NonNullable<Shape['object']>, indent: string): string {
  if (properties.size === 0) return 'Record<string, never>';
  const inner = `${indent}  `;
  const lines = sortedEntries(properties).map(
    ([key, property]) =>
      `${inner}readonly ${formatKey(key)}${property.count < count ? '?' : ''}: ${formatShape(property.shape, inner)};`,
  );
  return `{\n${lines.join('\n')}\n${indent}}`;
}

/** A property name, in quotes where it needs them. */
export function formatKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}

/** A text literal. */
export function quote(text: string): string {
  const json = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${json}'`;
}

/** Entries by key, in an order that does not depend on the language of the machine. */
export function sortedEntries<T>(entries: ReadonlyMap<string, T>): [string, T][] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
