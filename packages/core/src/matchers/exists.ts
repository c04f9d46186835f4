/** Whether the attribute has any value but `null`. */
import type { CompileMatcher } from './matcher.ts';

export const exists: CompileMatcher = () => (actual) => actual !== undefined && actual !== null;
