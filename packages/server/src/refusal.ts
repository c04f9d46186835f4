/** Refusals as responses: OFREP and the agent use different field names. */
import { type Answer, jsonAnswer } from './exchange.ts';
import type { RequestError } from './request-error.ts';

/** @param path Path of the refused request. */
export function refusal({ status, message, headers }: RequestError, path: string): Answer {
  return jsonAnswer(JSON.stringify(bodyOf(status, message, path)), status, headers);
}

function bodyOf(status: number, message: string, path: string): object {
  if (!path.startsWith('/ofrep/')) return { error: message };
  const body = status === 400 ? { errorCode: 'PARSE_ERROR', errorDetails: message } : { errorDetails: message };
  const key = /^\/ofrep\/v1\/evaluate\/flags\/(.+)$/.exec(path)?.[1];
  return key === undefined ? body : { key: decode(key), ...body };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
