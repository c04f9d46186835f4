/** Routes that answer a JSON body with JSON text: plain functions, whatever carries request and answer. */
import { activate } from './agent/activate.ts';
import { decide } from './agent/decide.ts';
import { type Overrides, override } from './agent/override.ts';
import { lookupProfile, saveProfile } from './agent/profiles.ts';
import { sendOdpEvent, track } from './agent/track.ts';
import { type Answer, type Asked, jsonAnswer, type RequestHeaders } from './exchange.ts';
import type { JsonObject } from './guards/json-body.ts';
import type { StreamAddresses } from './ofrep/change-stream.ts';
import { entityTag, isMatch } from './ofrep/entity-tag.ts';
import { evaluateFlag, evaluateFlags } from './ofrep/evaluate.ts';
import type { Projects } from './projects.ts';
import type { ProjectOptions } from './server-options.ts';

/** One route, asked with `POST`. */
export interface BodyRoute {
  /** The path; `{key}` at its end stands for any text. */
  readonly pattern: string;
  /** @throws RequestError before the body is read */
  projectOf(headers: RequestHeaders): ProjectOptions;
  /** @throws RequestError also as a rejection */
  answer(project: ProjectOptions, body: JsonObject, asked: Asked): Answer | Promise<Answer>;
}

/** What the routes need. */
export interface BodyRouteParts {
  readonly projects: Projects;
  readonly overrides: Overrides | undefined;
  readonly addresses: StreamAddresses;
  readonly bulkImpressions: boolean;
}

/** Creates the routes. */
export function createBodyRoutes({
  projects,
  overrides,
  addresses,
  bulkImpressions,
}: BodyRouteParts): readonly BodyRoute[] {
  const ofrep = { projectOf: projects.orDefault };
  const agent = { projectOf: projects.required };
  return [
    {
      ...ofrep,
      pattern: '/ofrep/v1/evaluate/flags/{key}',
      async answer({ client }, body, { key }) {
        const { status, text } = await evaluateFlag(client, key, body);
        return jsonAnswer(text, status);
      },
    },
    {
      ...ofrep,
      pattern: '/ofrep/v1/evaluate/flags',
      async answer(project, body, { search, headers }) {
        const scope = search !== '' && new URLSearchParams(search).get('addresses') === 'all' ? 'all' : 'flags';
        const { status, text } = await evaluateFlags(project.client, body, { scope, impressions: bulkImpressions });
        if (status !== 200) return jsonAnswer(text, status);
        const tag = entityTag(body.context, text);
        const etag = typeof tag === 'string' ? tag : await tag;
        if (isMatch(headers.get('if-none-match'), etag)) return { status: 304, text: null, headers: { etag } };
        const address = addresses.create(project);
        const requestUri = typeof address === 'string' ? address : await address;
        const eventStreams = JSON.stringify([{ type: 'sse', endpoint: { requestUri } }]);
        const answer = `{"flags":${text},"eventStreams":${eventStreams}}`;
        return { status: 200, text: answer, headers: { 'content-type': 'application/json', etag } };
      },
    },
    {
      ...agent,
      pattern: '/v1/decide',
      async answer(project, body, { search }) {
        return jsonAnswer(await decide(project, overrides, new URLSearchParams(search).getAll('keys'), body));
      },
    },
    {
      ...agent,
      pattern: '/v1/activate',
      answer: async (project, body, { search }) =>
        answerWith(await activate(project, overrides, new URLSearchParams(search), body)),
    },
    {
      ...agent,
      pattern: '/v1/track',
      answer: ({ client }, body, { search }) =>
        answerWith(track(client, new URLSearchParams(search).get('eventKey') ?? '', body)),
    },
    {
      ...agent,
      pattern: '/v1/lookup',
      answer: async (project, body) => answerWith(await lookupProfile(project, body)),
    },
    {
      ...agent,
      pattern: '/v1/save',
      async answer(project, body) {
        await saveProfile(project, body);
        return { status: 200, text: null, headers: {} };
      },
    },
    {
      ...agent,
      pattern: '/v1/override',
      answer: async (project, body) => answerWith(await override(project, overrides, body)),
    },
    { ...agent, pattern: '/v1/send-odp-event', answer: ({ client }, body) => answerWith(sendOdpEvent(client, body)) },
  ];
}

function answerWith(value: unknown): Answer {
  return jsonAnswer(JSON.stringify(value));
}
