/** Config sources as foreign code: they may throw, reject, and deliver anything. */
import type { Problem, ProjectConfig } from '@sortition/core';
import type { Part } from '../part.ts';
import { describeCause, readFields } from '../read-input.ts';

/**
 * Checks what the config source of the client does and delivers: what fails or does not fit is a problem, and the last good
 * config goes on. Problems that are not a list, or a list of other things, are one problem, `config-failed`, and the config they
 * came with is served. For sources of your own; those of `@sortition/datafile` need no check.
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
        // Read by the client, which guards it.
        get problems() {
          const found: unknown = change.problems ?? [];
          if (Array.isArray(found)) return found.map(asProblem);
          // A promise is not waited for; when it rejects, that must not end the process.
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

/** The message, and the innermost cause, which is what has to be mended. */
function describeProblem({ cause, message }: Problem): string {
  const innermost = describeCause(innermostOf(cause));
  return cause === undefined || message.includes(innermost) ? message : `${message} (${innermost})`;
}

/** Follows causes to the end. */
function innermostOf(cause: unknown, depth = 0): unknown {
  const { cause: next } = readFields(cause as Error, 'cause');
  return next == null || depth >= 10 ? cause : innermostOf(next, depth + 1);
}

function asProblem(problem: Problem): Problem {
  if (typeof problem.code !== 'string')
    throw new TypeError('A config source reported something that is not a problem.');
  return problem;
}

/**
 * Tells a project config from anything else a source may deliver, such as the datafile itself, without reading its maps and
 * lists: an application that fills those by hand is responsible for their content. Throws what reading the value throws.
 */
function isProjectConfig(value: unknown): value is ProjectConfig {
  const config = value as Partial<ProjectConfig> | null | undefined;
  return (
    typeof config?.revision === 'string' &&
    typeof config.flags?.get === 'function' &&
    typeof config.events?.get === 'function' &&
    // A getter is not called: it reads all experiments, which a config may do when they are needed.
    (Object.getOwnPropertyDescriptor(config, 'experiments')?.get !== undefined || Array.isArray(config.experiments))
  );
}
