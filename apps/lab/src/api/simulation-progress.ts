/** How far a simulation is, as `GET /api/simulations/current` answers it. */
export interface SimulationProgress {
  readonly id: string;
  /** Visitors whose events have arrived. */
  readonly done: number;
  readonly total: number;
  readonly state: 'running' | 'finished' | 'failed';
  readonly seconds: number;
  /** Why it failed. */
  readonly error?: string;
}
