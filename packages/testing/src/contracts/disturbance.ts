/**
 * What becomes of requests to the service behind a part from now on: they fail, they are never answered, or (`null`) all is
 * well again.
 */
export type Disturbance = 'fail' | 'hang' | null;
