/** Reasons as sentences. */
import { formatReason } from '@sortition/core';
import type { Part } from '../part.ts';

/**
 * Turns the reasons of decisions into texts, with the templates of the official JavaScript SDK. Without it reasons are data,
 * `{ code, … }`.
 */
export const reasonTexts: Part<string> = () => ({ formatReason });
