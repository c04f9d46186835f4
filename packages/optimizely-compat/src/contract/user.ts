/** Users as the official SDK takes them: attributes, event tags, stored profiles. */

/** Stored assignments: experiment id to the variation. */
export interface ExperimentBucketMap {
  [experimentId: string]: { variation_id: string };
}

/** A value of an attribute. */
export type UserAttributeValue = string | number | boolean | null | undefined | ExperimentBucketMap;

/** Attributes by key; two keys have a meaning of their own. */
export type UserAttributes = {
  /** Is hashed in place of the user id. */
  $opt_bucketing_id?: string;
  /** Assignments that are brought along. */
  $opt_experiment_bucket_map?: ExperimentBucketMap;
  [name: string]: UserAttributeValue;
};

/** What a profile service keeps of a user. */
export interface UserProfile {
  user_id: string;
  experiment_bucket_map: ExperimentBucketMap;
}

/** Keeps the variations users were given. */
export interface UserProfileService {
  lookup(userId: string): UserProfile;
  save(profile: UserProfile): void;
}

/** The same with promises, for the asynchronous decide calls. */
export interface UserProfileServiceAsync {
  lookup(userId: string): Promise<UserProfile>;
  save(profile: UserProfile): Promise<void>;
}

/** Tags of a conversion. */
export type EventTags = {
  /** In cents. */
  revenue?: string | number | null;
  value?: string | number | null;
  $opt_event_properties?: Record<string, unknown>;
  [key: string]: unknown;
};
