/** User contexts whose results are compared. */
import { getForced, removeForced, setForced } from '@sortition/client/internal';
import type { ForcedDecisions } from '@sortition/core';
import type { OptimizelyUserContext } from '../contract/client.ts';
import type { UserAttributes } from '../contract/user.ts';
import type { ComparedDecision } from './difference.ts';
import type { AskingUser } from './quiet-candidate.ts';

/** Decisions by flag key. */
export type Answers = Readonly<Record<string, ComparedDecision>>;

/** A call, its user, and the result that the application got. */
export interface AnsweredCall {
  readonly call: string;
  readonly user: AskingUser;
  /** One key alone, several, or `null` for every flag. */
  readonly keys: string | readonly string[] | null;
  readonly options: unknown;
  readonly answers: Answers;
}

/** Receives the results of calls. */
export interface ShadowSeam {
  decided(answered: AnsweredCall): void;
  decidedAsync(answered: AnsweredCall): void;
}

/** A user context whose results are compared. It delegates every call to the user context that it wraps. */
export class ShadowUser implements OptimizelyUserContext {
  readonly #user: OptimizelyUserContext;
  readonly #seam: ShadowSeam;
  #attributes: UserAttributes;
  #forced: ForcedDecisions | null = null;

  constructor(user: OptimizelyUserContext, seam: ShadowSeam) {
    this.#user = user;
    this.#seam = seam;
    this.#attributes = user.getAttributes();
  }

  get qualifiedSegments(): string[] | null {
    return this.#user.qualifiedSegments;
  }

  set qualifiedSegments(segments: string[] | null) {
    this.#user.qualifiedSegments = segments;
  }

  getUserId(): string {
    return this.#user.getUserId();
  }

  getAttributes(): UserAttributes {
    return this.#user.getAttributes();
  }

  setAttribute(key: string, value: unknown): void {
    this.#user.setAttribute(key, value);
    this.#attributes = this.#user.getAttributes();
  }

  decide(...given: Parameters<OptimizelyUserContext['decide']>): ReturnType<OptimizelyUserContext['decide']> {
    const decision = this.#user.decide(...given);
    const [keys, options] = given;
    this.#seam.decided({ call: 'decide', user: this.#asking(), keys, options, answers: { [keys]: decision } });
    return decision;
  }

  async decideAsync(
    ...given: Parameters<OptimizelyUserContext['decideAsync']>
  ): ReturnType<OptimizelyUserContext['decideAsync']> {
    const asking = this.#asking();
    const decision = await this.#user.decideAsync(...given);
    const [keys, options] = given;
    this.#seam.decidedAsync({ call: 'decideAsync', user: asking, keys, options, answers: { [keys]: decision } });
    return decision;
  }

  decideForKeys(
    ...given: Parameters<OptimizelyUserContext['decideForKeys']>
  ): ReturnType<OptimizelyUserContext['decideForKeys']> {
    const decisions = this.#user.decideForKeys(...given);
    const [keys, options] = given;
    const user = this.#asking();
    this.#seam.decided({ call: 'decideForKeys', user, keys: [...keys], options, answers: decisions });
    return decisions;
  }

  async decideForKeysAsync(
    ...given: Parameters<OptimizelyUserContext['decideForKeysAsync']>
  ): ReturnType<OptimizelyUserContext['decideForKeysAsync']> {
    const asking = this.#asking();
    const decisions = await this.#user.decideForKeysAsync(...given);
    const [keys, options] = given;
    this.#seam.decidedAsync({ call: 'decideForKeysAsync', user: asking, keys: [...keys], options, answers: decisions });
    return decisions;
  }

  decideAll(...given: Parameters<OptimizelyUserContext['decideAll']>): ReturnType<OptimizelyUserContext['decideAll']> {
    const decisions = this.#user.decideAll(...given);
    const user = this.#asking();
    this.#seam.decided({ call: 'decideAll', user, keys: null, options: given[0], answers: decisions });
    return decisions;
  }

  async decideAllAsync(
    ...given: Parameters<OptimizelyUserContext['decideAllAsync']>
  ): ReturnType<OptimizelyUserContext['decideAllAsync']> {
    const asking = this.#asking();
    const decisions = await this.#user.decideAllAsync(...given);
    this.#seam.decidedAsync({
      call: 'decideAllAsync',
      user: asking,
      keys: null,
      options: given[0],
      answers: decisions,
    });
    return decisions;
  }

  trackEvent(...given: Parameters<OptimizelyUserContext['trackEvent']>): void {
    this.#user.trackEvent(...given);
  }

  setForcedDecision(...given: Parameters<OptimizelyUserContext['setForcedDecision']>): boolean {
    this.#forced = setForced(this.#forced, ...given) ?? this.#forced;
    return this.#user.setForcedDecision(...given);
  }

  getForcedDecision(
    ...given: Parameters<OptimizelyUserContext['getForcedDecision']>
  ): ReturnType<OptimizelyUserContext['getForcedDecision']> {
    return this.#user.getForcedDecision(...given);
  }

  removeForcedDecision(...given: Parameters<OptimizelyUserContext['removeForcedDecision']>): boolean {
    if (getForced(this.#forced, ...given)) this.#forced = removeForced(this.#forced, ...given) ?? null;
    return this.#user.removeForcedDecision(...given);
  }

  removeAllForcedDecisions(): boolean {
    this.#forced = null;
    return this.#user.removeAllForcedDecisions();
  }

  fetchQualifiedSegments(
    ...given: Parameters<OptimizelyUserContext['fetchQualifiedSegments']>
  ): ReturnType<OptimizelyUserContext['fetchQualifiedSegments']> {
    return this.#user.fetchQualifiedSegments(...given);
  }

  isQualifiedFor(segment: string): boolean {
    return this.#user.isQualifiedFor(segment);
  }

  /** The user as they are now; nothing of it is changed later. */
  #asking(): AskingUser {
    const segments = this.#user.qualifiedSegments;
    return { userId: this.#user.getUserId(), attributes: this.#attributes, segments, forced: this.#forced };
  }
}
