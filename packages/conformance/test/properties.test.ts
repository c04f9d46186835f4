/** Properties in words: an implementation that violates one fails rows of that property. */
import { describe, expect, it } from 'vitest';
import { createSortitionAdapter } from '../src/adapters/sortition.ts';
import { type Implementation, loadVectors, type RowsRequest, runConformance, type VectorFile } from '../src/index.ts';

type Json = Record<string, unknown>;
type Decisions = RowsRequest<'decisions'>;
type Input = Decisions['inputs'][number];

interface Rule extends Json {
  readonly id: string;
  readonly trafficAllocation: readonly { readonly entityId: string; readonly endOfRange: number }[];
}

interface Datafile extends Json {
  readonly featureFlags: readonly (Json & { readonly experimentIds: readonly string[] })[];
  readonly experiments: readonly Rule[];
  readonly groups: readonly Json[];
  readonly rollouts: readonly (Json & { readonly experiments: readonly Rule[] })[];
}

/** How questions are changed, so that right answers to them violate the property. */
interface Violation {
  /** First words of the property. */
  readonly property: string;
  readonly fault: string;
  readonly datafile?: (datafile: Datafile) => object;
  readonly input?: (input: Input, datafile: Datafile) => Input;
}

const withBucketingId = (input: Input, bucketingId: string): Input => ({
  ...input,
  attributes: { ...input.attributes, $opt_bucketing_id: bucketingId },
});

const VIOLATIONS: readonly Violation[] = [
  {
    property: 'A ramp is monotonic',
    fault: 'hashes the share with the user',
    input: (input, { experiments: [rule] }) =>
      withBucketingId(input, `${input.userId}-${rule?.trafficAllocation[0]?.endOfRange}`),
  },
  {
    property: 'The end of a range lies outside of it',
    fault: 'counts the end as inside',
    datafile: (datafile) => ({
      ...datafile,
      experiments: datafile.experiments.map((rule) => ({
        ...rule,
        trafficAllocation: rule.trafficAllocation.map((range) => ({ ...range, endOfRange: range.endOfRange + 1 })),
      })),
    }),
  },
  {
    property: 'Flags are independent',
    fault: 'hashes the number of flags',
    input: (input, { featureFlags }) => withBucketingId(input, `${input.userId}-${featureFlags.length}`),
  },
  {
    property: 'A holdout comes before every rule',
    fault: 'asks holdouts last, which is never',
    datafile: (datafile) => ({ ...datafile, holdouts: [] }),
  },
  {
    property: 'Experiments come before deliveries',
    fault: 'asks experiments in the other order',
    datafile: (datafile) => ({
      ...datafile,
      featureFlags: datafile.featureFlags.map((flag) => ({
        ...flag,
        experimentIds: [...flag.experimentIds].reverse(),
      })),
    }),
  },
  {
    property: 'A user whom the audience of a delivery takes',
    fault: 'goes on with the next delivery',
    datafile: (datafile) => ({
      ...datafile,
      rollouts: datafile.rollouts.map((rollout) => ({ ...rollout, experiments: rollout.experiments.slice(0, 2) })),
    }),
  },
  {
    property: 'Of the experiments of an exclusive group',
    fault: 'does not know that groups exclude',
    datafile: (datafile) => ({
      ...datafile,
      groups: datafile.groups.map((group) => ({ ...group, policy: 'overlapping' })),
    }),
  },
  {
    property: 'The bucketing id decides instead of the user id',
    fault: 'hashes the user id',
    input: (input) => withBucketingId(input, input.userId),
  },
  {
    property: 'A stored variation stays',
    fault: 'looks no profile up',
    input: (input) => ({ ...input, profile: null }),
  },
  {
    property: 'An allow-list counts only while the experiment runs',
    fault: 'has no allow-lists',
    datafile: (datafile) => ({
      ...datafile,
      experiments: datafile.experiments.map((rule) => ({ ...rule, forcedVariations: {} })),
    }),
  },
  {
    property: 'An unknown verdict is not false',
    fault: 'takes an attribute that is missing for an empty one',
    input: (input) => ({ ...input, attributes: { plan: '', ...input.attributes } }),
  },
];

/** The rows that hold properties. */
const properties: Promise<readonly VectorFile[]> = loadVectors().then((files) =>
  files.filter(({ groups }) => groups.some(({ property }) => property !== undefined)),
);

function violate({ datafile, input }: Violation): Implementation {
  const { info, run } = createSortitionAdapter();
  return {
    info,
    run(request) {
      const asked = request as Decisions;
      const given = asked.datafile as Datafile;
      const inputs = input ? asked.inputs.map((each) => input(each, given)) : asked.inputs;
      return run({ ...asked, datafile: datafile ? datafile(given) : given, inputs } as RowsRequest);
    },
  };
}

describe('a property in words has rows that fail when it is violated', () => {
  it.each(VIOLATIONS)('$property …: an implementation that $fault', async (violation) => {
    const vectors = (await properties).map((file) => ({
      ...file,
      groups: file.groups.filter(({ property }) => property?.startsWith(violation.property)),
    }));
    const { brokenProperties } = await runConformance(violate(violation), { vectors, stopAfter: 1 });
    expect(brokenProperties).toContainEqual(expect.stringMatching(new RegExp(`^${violation.property}`)));
  });

  it('every property has such an implementation here, and holds in ours', async () => {
    const vectors = await properties;
    const stated = new Set(vectors.flatMap(({ groups }) => groups.flatMap(({ property }) => property ?? [])));
    for (const property of stated)
      expect(VIOLATIONS.some((violation) => property.startsWith(violation.property))).toBe(true);
    expect(VIOLATIONS).toHaveLength(stated.size);
    const { ok, brokenProperties } = await runConformance(createSortitionAdapter(), { vectors });
    expect({ ok, brokenProperties }).toEqual({ ok: true, brokenProperties: [] });
  });
});
