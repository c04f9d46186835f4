/** `POST /ofrep/v1/evaluate/flags`: every flag at once, or 304 when nothing has changed. */
import { isThenable } from '@sortition/core/internal';
import { type Answer, type Asked, jsonAnswer, type RequestHeaders } from '../exchange.ts';
import type { JsonObject } from '../guards/json-body.ts';
import { type MeasuredText, measureText } from '../measured-text.ts';
import { valuesOf } from '../query.ts';
import type { ProjectOptions } from '../server-options.ts';
import type { StreamAddresses } from './change-stream.ts';
import { entityTag, isMatch } from './entity-tag.ts';
import { type BulkEvaluation, type EvaluationAnswer, evaluateFlags } from './evaluate.ts';

const START = '{"flags":[';

/**
 * Creates the handler.
 *
 * @param impressions Whether evaluations send impressions.
 */
export function createBulkAnswers(
  addresses: StreamAddresses,
  impressions: boolean,
): (project: ProjectOptions, body: JsonObject, asked: Asked) => Answer | Promise<Answer> {
  const endOf = createEnds();
  return (project, body, { search, headers }) => {
    const scope = search !== '' && valuesOf(search, 'addresses')[0] === 'all' ? 'all' : 'flags';
    const evaluation = evaluateFlags(project.client, body, { scope, impressions });
    const answer = (found: BulkEvaluation | EvaluationAnswer): Answer | Promise<Answer> => {
      if (!('flags' in found)) return jsonAnswer(found.text, found.status);
      const address = addresses.create(project);
      const withAddress = (requestUri: string): Answer =>
        answerFlags(body.context, found.flags, endOf(requestUri), headers);
      return isThenable(address) ? address.then(withAddress) : withAddress(address);
    };
    return isThenable(evaluation) ? evaluation.then(answer) : answer(evaluation);
  };
}

function answerFlags(
  context: unknown,
  flags: readonly MeasuredText[],
  end: MeasuredText,
  headers: RequestHeaders,
): Answer {
  // The tag includes the address of the stream, because that expires and a client must not keep an old one.
  const etag = entityTag(context, flags, end);
  if (isMatch(headers.get('if-none-match'), etag)) return { status: 304, text: null, headers: { etag } };
  let text = START;
  let byteLength = START.length + end.byteLength + Math.max(0, flags.length - 1);
  for (let index = 0; index < flags.length; index += 1) {
    const flag = flags[index] as MeasuredText;
    text += index === 0 ? flag.text : `,${flag.text}`;
    byteLength += flag.byteLength;
  }
  return { status: 200, text: text + end.text, byteLength, headers: { 'content-type': 'application/json', etag } };
}

/** Returns a function that writes the end of a response: the address of the change stream. */
function createEnds(): (requestUri: string) => MeasuredText {
  /** A cache with one entry per project. */
  const kept = new Map<string, MeasuredText>();
  return (requestUri) => {
    const known = kept.get(requestUri);
    if (known !== undefined) return known;
    const eventStreams = JSON.stringify([{ type: 'sse', endpoint: { requestUri } }]);
    const end = measureText(`],"eventStreams":${eventStreams}}`);
    if (kept.size >= MAX_ENDS) kept.clear();
    kept.set(requestUri, end);
    return end;
  };
}

/** Addresses change every hour; old ones are removed. */
const MAX_ENDS = 1_000;
