/** Network faults on real sockets, and servers to have them with, for tests. */
export { type Browser, canStartBrowser, openPage } from './browser.ts';
export { type Certificate, createCertificate } from './certificate.ts';
export { type ChaosProxy, startChaosProxy } from './chaos-proxy.ts';
export { type Child, type ChildOptions, startChild } from './child.ts';
export type { ReceivedRequest } from './http-parse.ts';
export { canStartRedis } from './redis-binary.ts';
export { type RedisCluster, startRedisCluster } from './redis-cluster.ts';
export { startWatchedRedis, type WatchedRedis } from './redis-sentinel.ts';
export { type RedisServer, startRedisServer } from './redis-server.ts';
export {
  type Answer,
  type Responder,
  type ScriptServer,
  type ScriptServerOptions,
  startScriptServer,
} from './script-server.ts';
export type { Toxics } from './toxics.ts';
