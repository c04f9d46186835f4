/** A variation's key behind its colour. The colour is by position in the rule, the same in every view. */
import type { JSX } from 'preact';

const TONES = 6;

export function toneClass(index: number): string {
  return index < 0 ? '' : `tone-${index % TONES}`;
}

/** @param index Position in the rule; -1 for no colour. */
export function VariationName({ name, index }: { name: string; index: number }): JSX.Element {
  return (
    <span class={`variation-name ${toneClass(index)}`}>
      <span class="swatch" />
      {name}
    </span>
  );
}
