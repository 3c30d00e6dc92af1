/** A route directive as GET /v1/directives gives it. */
interface FollowedDirective {
  id: string;
  kind: string;
  expiresAt: string;
  params: { weights: Record<string, number> };
  ackedAt?: string;
}

/** How a follower asks the API. */
export interface DirectiveApi {
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
}

/**
 * The orchestrator's side of route directives: takes them up when the answer to an ingest request says that there is
 * something new, acknowledges them, and keeps to their leases on its own.
 */
export class DirectiveFollower {
  readonly #api: DirectiveApi;
  #version = 0;
  #inForce: { weights: Record<string, number>; untilMs: number }[] = [];

  constructor(api: DirectiveApi) {
    this.#api = api;
  }

  /** To be called with the `directivesVersion` of every ingest answer. */
  async notice(version: number): Promise<void> {
    if (version === this.#version) return;
    const { directives, version: latest } = (await this.#api.get('/v1/directives?status=active')) as {
      directives: FollowedDirective[];
      version: number;
    };
    const routes = directives.filter(({ kind }) => kind === 'route');
    this.#inForce = routes.map(({ params, expiresAt }) => ({
      weights: params.weights,
      untilMs: Date.parse(expiresAt),
    }));
    for (const { id, ackedAt } of routes) {
      if (ackedAt === undefined) await this.#api.post(`/v1/directives/${id}/ack`, { applied: true });
    }
    this.#version = latest;
  }

  /** How often an agent is to be drawn beside the others; 1 unless a directive in force says otherwise. */
  weightOf(agent: string, nowMs: number): number {
    for (const { weights, untilMs } of this.#inForce) {
      const weight = weights[agent];
      if (weight !== undefined && nowMs < untilMs) return weight;
    }
    return 1;
  }
}
