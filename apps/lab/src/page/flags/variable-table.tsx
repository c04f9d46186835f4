/** What the variations of a flag serve: one row per variable, one column per variation that differs from the default. */
import type { JSX } from 'preact';
import type { ProjectFlag, ProjectRule } from '../lab/project.ts';
import type { WireVariation } from '../lab/wire-datafile.ts';
import { ScrollRegion } from '../parts/scroll-region.tsx';
import { VariationName } from '../parts/variation-name.tsx';

interface Column {
  readonly rule: ProjectRule;
  readonly variation: WireVariation;
  readonly index: number;
}

export function VariableTable({ flag }: { flag: ProjectFlag }): JSX.Element {
  const columns = flag.rules.flatMap((rule) =>
    rule.variations.flatMap((variation, index): Column[] =>
      (variation.variables ?? []).length > 0 ? [{ rule, variation, index }] : [],
    ),
  );
  return (
    <section class="card stack-s" aria-labelledby="variables-title">
      <h3 id="variables-title">Variables</h3>
      <ScrollRegion label="Variables by variation">
        <table>
          <thead>
            <tr>
              <th scope="col">Variable</th>
              <th scope="col">Default</th>
              {columns.map(({ rule, variation, index }) => (
                <th scope="col" key={`${rule.id}/${variation.id}`}>
                  <VariationName name={variation.key} index={rule.variations.length > 1 ? index : -1} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {flag.variables.map(({ id, key, type, subType, defaultValue }) => (
              <tr key={id}>
                <th scope="row">
                  <code>{key}</code> <span class="soft">{subType ?? type}</span>
                </th>
                <td>
                  <code>{defaultValue}</code>
                </td>
                {columns.map(({ rule, variation }) => {
                  const own = variation.variables?.find((usage) => usage.id === id);
                  return (
                    <td key={`${rule.id}/${variation.id}`}>
                      {own ? <code>{own.value}</code> : <span class="soft">default</span>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  );
}
