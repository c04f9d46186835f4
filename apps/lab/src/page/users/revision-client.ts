/** A client for one revision: an event is explained by what it was decided with, not by what is published now. */
import { createStaticConfig } from '@sortition/datafile';
import { useEffect, useState } from 'preact/hooks';
import { type Client, createClient } from 'sortition';
import type { LabApi } from '../lab/api.ts';
import { buildProject, type Project } from '../lab/project.ts';
import { sentenceOf } from '../lab/sentence-of.ts';

export interface RevisionClient {
  readonly revision: string;
  readonly client: Client;
  readonly project: Project;
}

/** `null` while it is made, or for no revision; a sentence when the revision cannot be had. */
export function useRevisionClient(api: LabApi, revision: string | null): RevisionClient | string | null {
  const [made, setMade] = useState<{ readonly of: string; readonly outcome: RevisionClient | string } | null>(null);
  useEffect(() => {
    if (revision === null) return;
    let opened: Client | undefined;
    let isOver = false;
    const open = async (): Promise<RevisionClient> => {
      const datafile = await api.fetchVersion(revision);
      opened = createClient({ config: createStaticConfig({ datafile }), events: null, logger: false });
      return { revision, client: opened, project: buildProject(datafile) };
    };
    void open()
      .catch(sentenceOf)
      .then((outcome) => {
        if (!isOver) setMade({ of: revision, outcome });
      });
    return () => {
      isOver = true;
      void opened?.close();
    };
  }, [api, revision]);
  return made?.of === revision ? made.outcome : null;
}
