/** The users of a command: from its file, or made up. */
import type { ProjectConfig } from '@sortition/core';
import type { Call } from '../command.ts';
import { readUsers } from './read-users.ts';
import { type SimulatedUser, simulateUsers } from './simulated-users.ts';

/** Options of the commands that simulate. */
export const USERS_ARGS = {
  users: {
    type: 'string',
    default: '100000',
    description: 'How many users to simulate; 0 simulates none',
    valueHint: 'number',
  },
  attributes: {
    type: 'string',
    description: 'Users from a file: CSV with a header and a column "userId", or JSON',
    valueHint: 'file',
  },
} as const;

const MOST_USERS = 10_000_000;

/** Reads or makes up the users. @throws CommandError */
export function findUsers(call: Call, configs: readonly ProjectConfig[]): Promise<readonly SimulatedUser[]> {
  const path = call.text('attributes');
  const count = call.number('users', { least: 0, most: MOST_USERS });
  return path === undefined ? Promise.resolve(simulateUsers(configs, count)) : readUsers(path);
}
