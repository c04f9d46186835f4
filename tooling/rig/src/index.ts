/** Network faults on real sockets, for tests. */
export { type Certificate, createCertificate } from './certificate.ts';
export { type ChaosProxy, startChaosProxy } from './chaos-proxy.ts';
export type { ReceivedRequest } from './http-parse.ts';
export {
  type Answer,
  type Responder,
  type ScriptServer,
  type ScriptServerOptions,
  startScriptServer,
} from './script-server.ts';
export type { Toxics } from './toxics.ts';
