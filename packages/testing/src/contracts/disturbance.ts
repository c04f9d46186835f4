/**
 * How requests to the service behind a part behave from now on: they fail, they never get a response, or (`null`) they
 * work again.
 */
export type Disturbance = 'fail' | 'hang' | null;
