/**
 * Routes that take a JSON body and return JSON text: plain functions, independent of the kind of request and response.
 */
import { isThenable } from '@sortition/core/internal';
import { activate } from './agent/activate.ts';
import { decide } from './agent/decide.ts';
import { type Overrides, override } from './agent/override.ts';
import { lookupProfile, saveProfile } from './agent/profiles.ts';
import { sendOdpEvent, track } from './agent/track.ts';
import { type Answer, type Asked, jsonAnswer, type RequestHeaders } from './exchange.ts';
import type { JsonObject } from './guards/json-body.ts';
import { createBulkAnswers } from './ofrep/bulk.ts';
import type { StreamAddresses } from './ofrep/change-stream.ts';
import { type EvaluationAnswer, evaluateFlag } from './ofrep/evaluate.ts';
import type { Projects } from './projects.ts';
import { valuesOf } from './query.ts';
import type { ProjectOptions } from './server-options.ts';

/** A route for `POST`. */
export interface BodyRoute {
  /** The path; `{key}` at its end stands for any text. */
  readonly pattern: string;
  /** @throws RequestError before the body is read */
  projectOf(headers: RequestHeaders): ProjectOptions;
  /** @throws RequestError also as a rejection */
  answer(project: ProjectOptions, body: JsonObject, asked: Asked): Answer | Promise<Answer>;
}

/** The parts that the routes use. */
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
      answer({ client }, body, { key }) {
        const answer = evaluateFlag(client, key, body);
        return isThenable(answer) ? answer.then(answerEvaluation) : answerEvaluation(answer);
      },
    },
    { ...ofrep, pattern: '/ofrep/v1/evaluate/flags', answer: createBulkAnswers(addresses, bulkImpressions) },
    {
      ...agent,
      pattern: '/v1/decide',
      answer(project, body, { search }) {
        const text = decide(project, overrides, valuesOf(search, 'keys'), body);
        return typeof text === 'string' ? jsonAnswer(text) : text.then((later) => jsonAnswer(later));
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
      answer: ({ client }, body, { search }) => answerWith(track(client, valuesOf(search, 'eventKey')[0] ?? '', body)),
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

function answerEvaluation({ status, text }: EvaluationAnswer): Answer {
  return jsonAnswer(text, status);
}

function answerWith(value: unknown): Answer {
  return jsonAnswer(JSON.stringify(value));
}
