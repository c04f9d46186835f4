/** A small datafile whose one flag carries the revision, so that tests see which version decided. */
export function buildDatafile(revision: string, more: object = {}): Record<string, unknown> {
  return {
    version: '4',
    revision,
    accountId: '1',
    projectId: '2',
    experiments: [],
    audiences: [],
    groups: [],
    attributes: [],
    events: [],
    rollouts: [],
    featureFlags: [
      {
        id: 'flag-1',
        key: 'banner',
        experimentIds: [],
        rolloutId: '',
        variables: [{ id: 'var-1', key: 'revision', type: 'string', defaultValue: revision }],
      },
    ],
    ...more,
  };
}

/** The same as text. */
export function datafileText(revision: string, more: object = {}): string {
  return JSON.stringify(buildDatafile(revision, more));
}
