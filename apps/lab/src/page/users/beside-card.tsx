/** Several users side by side: a row for each flag and what each of them gets; where they differ is marked. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Client, DecideOption, type Decisions } from 'sortition';
import type { LabApi } from '../lab/api.ts';
import { useLab } from '../lab/lab-session.ts';
import type { Project, ProjectFlag } from '../lab/project.ts';
import { sentenceOf } from '../lab/sentence-of.ts';
import { ScrollRegion } from '../parts/scroll-region.tsx';
import { VariationName } from '../parts/variation-name.tsx';
import { type AttributeField, type ExploredUser, readAttributes } from './explored-user.ts';
import type { UserAddress } from './user-address.ts';

interface BesideCardProps {
  readonly client: Client;
  readonly project: Project;
  readonly revision: string;
  readonly fields: readonly AttributeField[];
  readonly address: UserAddress;
  readonly show: (changes: Partial<UserAddress>) => void;
}

export function BesideCard({ client, project, revision, fields, address, show }: BesideCardProps): JSX.Element {
  const { api } = useLab();
  const people = [address.user, ...address.beside];
  const made = useDecisionsOfMany(client, api, people, fields, revision);
  const without = (position: number) => address.beside.filter((_, index) => index !== position - 1);
  return (
    <section class="card stack-s" aria-labelledby="beside-title">
      <h2 id="beside-title">Side by side</h2>
      <ScrollRegion label="Users side by side">
        <table class="beside">
          <thead>
            <tr>
              <th scope="col">Flag</th>
              {people.map((user, position) => (
                <th scope="col" key={`${position}/${user.userId}`}>
                  <span class="code">{user.userId}</span>
                  <span class="beside-attributes soft">{describe(user)}</span>
                  {position > 0 && (
                    <span class="row">
                      <button
                        type="button"
                        class="quiet"
                        onClick={() => show({ user, beside: [address.user, ...without(position)] })}
                      >
                        <span>
                          Look at<span class="visually-hidden"> {user.userId}</span>
                        </span>
                      </button>
                      <button type="button" class="quiet" onClick={() => show({ beside: without(position) })}>
                        <span>
                          Remove<span class="visually-hidden"> {user.userId}</span>
                        </span>
                      </button>
                    </span>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {project.flags.map((flag) => {
              const got = made.map((decisions) => textOf(decisions, flag.key));
              const differs = new Set(got.filter((text) => text !== null)).size > 1;
              return (
                <tr key={flag.key} class={differs ? 'differs' : ''}>
                  <th scope="row" class="code">
                    {flag.key}
                    {differs && <span class="chip warn">differs</span>}
                  </th>
                  {people.map((user, position) => (
                    <td key={`${position}/${user.userId}`}>
                      <Cell flag={flag} decisions={made[position] ?? null} />
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  );
}

function Cell({ flag, decisions }: { flag: ProjectFlag; decisions: Decisions | string | null }): JSX.Element {
  if (decisions === null) return <span class="soft">…</span>;
  if (typeof decisions === 'string') return <span class="soft">{decisions}</span>;
  const decision = decisions[flag.key];
  if (decision?.variationKey == null) return <span class="soft">off, no rule serves</span>;
  const rule = flag.rules.find(({ key }) => key === decision.ruleKey);
  const isSplit = rule !== undefined && rule.variations.length > 1;
  const index = isSplit ? rule.variations.findIndex(({ key }) => key === decision.variationKey) : -1;
  return (
    <>
      <VariationName name={decision.variationKey} index={index} />
      <span class="soft small"> {decision.enabled ? 'on' : 'off'}</span>
    </>
  );
}

/** What is compared; `null` before it is known. */
function textOf(decisions: Decisions | string | null, flagKey: string): string | null {
  if (decisions === null || typeof decisions === 'string') return null;
  const decision = decisions[flagKey];
  return JSON.stringify([decision?.enabled, decision?.variationKey, decision?.variables]);
}

function describe({ fields }: ExploredUser): string {
  const filled = Object.entries(fields).filter(([, value]) => value !== '');
  return filled.length === 0 ? 'no attributes' : filled.map(([key, value]) => `${key}: ${value}`).join(', ');
}

/** What was decided for which users: their columns move when one is removed. */
interface Made {
  readonly of: string;
  readonly outcomes: readonly (Decisions | string)[];
}

/** Decisions of each user with the segments the data platform has for them; an empty list until there are some. */
function useDecisionsOfMany(
  client: Client,
  api: LabApi,
  people: readonly ExploredUser[],
  fields: readonly AttributeField[],
  revision: string,
): readonly (Decisions | string | null)[] {
  const [made, setMade] = useState<Made>({ of: '', outcomes: [] });
  const inputs = JSON.stringify(people.map((user) => [user.userId, readAttributes(user.fields, fields)]));
  useEffect(() => {
    let isOver = false;
    const decide = async ([userId, attributes]: [string, ReturnType<typeof readAttributes>]) => {
      const segments = await api.fetchSegments(userId);
      const user = client.createUserContext(userId, attributes);
      user.qualifiedSegments = [...segments];
      return user.decideAllAsync([DecideOption.DISABLE_DECISION_EVENT]);
    };
    const all = JSON.parse(inputs) as [string, ReturnType<typeof readAttributes>][];
    void Promise.all(all.map((each) => decide(each).catch(sentenceOf))).then((outcomes) => {
      if (!isOver) setMade({ of: inputs, outcomes });
    });
    return () => {
      isOver = true;
    };
  }, [client, api, inputs, revision]);
  return made.of === inputs ? made.outcomes : [];
}
