/** The user contexts of a client with every feature: the lean ones, with a method for each function that takes a context. */
import {
  decideAllAsync,
  decideAsync,
  decideExperiment,
  decideExperimentAsync,
  decideForKeysAsync,
  explain,
  explainExperiment,
  fetchQualifiedSegments,
  load,
} from '@sortition/client';
import { LeanUserContext, withMethods } from '@sortition/client/internal';

/** `createClient` hands its instances out as `UserContext`, which says what the methods take and answer. */
export const ClientUserContext: typeof LeanUserContext = /* @__PURE__ */ withMethods(LeanUserContext, {
  decideAsync,
  decideForKeysAsync,
  decideAllAsync,
  decideExperiment,
  decideExperimentAsync,
  explainExperiment,
  explain,
  load,
  fetchQualifiedSegments,
});
