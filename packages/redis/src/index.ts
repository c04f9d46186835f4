/** Redis for adapters: clients of many versions, commands with deadlines, a circuit breaker. Internal to Sortition. */
export { hasReplyCode, isCommandError, isCommandRefused } from './command-error.ts';
export { type CommandPort, createCommandPort, type SendCommand } from './command-port.ts';
export { type Connection, type ConnectionHost, createConnection } from './connection.ts';
export type {
  IoredisClient,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSentinel,
  RedisClient,
  RedisCommander,
} from './redis-client.ts';
export { createRepeatedTask, type RepeatedTask } from './repeated-task.ts';
export { watchClient } from './watch-client.ts';
