/** Checks of config sources, which are foreign code: they may throw, reject and deliver anything. */
import type { Problem, ProjectConfig } from '@sortition/core';
import type { Part } from '../part.ts';
import { describeCause, readFields } from '../read-input.ts';

/**
 * Checks the config source of the client and the configs that it delivers. A failure or an invalid config is reported
 * as a problem, and the last good config stays in use. When `problems` is not a list of problems, that is one problem,
 * `config-failed`, and the config is still used. For your own sources; those of `@sortition/datafile` need no check.
 */
export const checkedConfig: Part<never> = ({ problems }) => ({
  describeProblem,
  readChange(change, take) {
    if (change.type !== 'config') return take({ type: 'problem', problem: asProblem(change.problem) });
    const { config } = change;
    if (isProjectConfig(config)) {
      take({
        type: 'config',
        config,
        // Called by the client, which guards the call.
        get problems() {
          const found: unknown = change.problems ?? [];
          if (Array.isArray(found)) return found.map(asProblem);
          // A promise is not awaited; its rejection must not end the process.
          Promise.resolve(found).catch(() => undefined);
          throw new TypeError('A config source reported something that is not a list.');
        },
      });
    } else {
      problems.report({
        code: 'invalid-config',
        part: 'config',
        message:
          'The config source delivered something that is not a config, which was ignored; expected a project config as parseDatafile makes it.',
      });
    }
  },
});

/** Returns the message and the innermost cause, which is what has to be fixed. */
function describeProblem({ cause, message }: Problem): string {
  const innermost = describeCause(innermostOf(cause));
  return cause === undefined || message.includes(innermost) ? message : `${message} (${innermost})`;
}

/** Follows causes to the end. Data about a failure, such as the status of a response, is not a cause to be told. */
function innermostOf(cause: unknown, depth = 0): unknown {
  const { cause: next } = readFields(cause as Error, 'cause');
  const isData = typeof next === 'object' && !readFields(next as Error | null, 'message').message;
  return next == null || isData || depth >= 10 ? cause : innermostOf(next, depth + 1);
}

function asProblem(problem: Problem): Problem {
  if (typeof problem.code !== 'string')
    throw new TypeError('A config source reported something that is not a problem.');
  return problem;
}

/**
 * Returns whether a value is a project config, and not something else such as the datafile itself. Does not read its
 * maps and lists: an application that fills those by hand is responsible for their content. Throws what reading the
 * value throws.
 */
function isProjectConfig(value: unknown): value is ProjectConfig {
  const config = value as Partial<ProjectConfig> | null | undefined;
  return (
    typeof config?.revision === 'string' &&
    typeof config.flags?.get === 'function' &&
    typeof config.events?.get === 'function' &&
    // A getter is not called, because it may read all experiments, which some configs only do when they are needed.
    (Object.getOwnPropertyDescriptor(config, 'experiments')?.get !== undefined || Array.isArray(config.experiments))
  );
}
