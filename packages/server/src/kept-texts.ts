/**
 * Texts of decisions, kept by what they are made of: all users of a variation are answered the same, and writing JSON costs
 * more than deciding.
 */
import { type Client, type Decision, type DecisionDetails, decisionDetails, projectConfig } from 'sortition';

/** A text, and what it was written for. Nothing of a user. */
interface KeptText extends DecisionDetails {
  readonly flagKey: string;
  readonly variationKey: string | null;
  readonly ruleKey: string | null;
  readonly enabled: boolean;
  readonly text: string;
}

/** Texts that are kept of one name: the rules that serve a variation, or rules and variations of a flag without variables. */
const MAX_TEXTS = 64;

/** Keeps texts of decisions. */
export interface KeptTexts {
  /**
   * Returns the text of a decision under a name that says what is written of it.
   *
   * @param client Decided.
   * @param write Reads neither user nor reasons, and no names but those that the datafile has; `null` is not kept.
   */
  textOf(client: Client, decision: Decision, name: string, write: () => string | null): string | null;
}

/** Creates an empty memory; texts go with the datafile whose decisions they are of. */
export function createKeptTexts(): KeptTexts {
  /**
   * By variables, which are the same object for all decisions with a variation, and by name. An object without variables may
   * be that of all flags and clients: there the config stands for the datafile.
   */
  const kept = new WeakMap<object, Map<string, KeptText[]>>();
  return {
    textOf(client, decision, name, write) {
      const details = decisionDetails(decision);
      if (details === null || details.errorCode !== null) return write();
      let owner: object | null = decision.variables;
      let byName = kept.get(owner);
      if (byName === undefined && Object.keys(owner).length === 0) {
        owner = projectConfig(client);
        if (owner === null) return write();
        byName = kept.get(owner);
      }
      let texts = byName?.get(name);
      const known = texts?.find((entry) => isSame(entry, decision, details));
      if (known !== undefined) return known.text;
      const text = write();
      if (text === null) return null;
      if (byName === undefined) {
        byName = new Map();
        kept.set(owner, byName);
      }
      if (texts === undefined) {
        texts = [];
        byName.set(name, texts);
      }
      if (texts.length >= MAX_TEXTS) texts.shift();
      const { flagKey, variationKey, ruleKey, enabled } = decision;
      texts.push({ ...details, flagKey, variationKey, ruleKey, enabled, text });
      return text;
    },
  };
}

function isSame(entry: KeptText, decision: Decision, details: DecisionDetails): boolean {
  return (
    entry.ruleKey === decision.ruleKey &&
    entry.variationKey === decision.variationKey &&
    entry.flagKey === decision.flagKey &&
    entry.enabled === decision.enabled &&
    entry.basis === details.basis &&
    entry.revision === details.revision &&
    entry.ruleType === details.ruleType &&
    entry.experimentId === details.experimentId &&
    entry.variationId === details.variationId
  );
}
