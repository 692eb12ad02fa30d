import { afterEach, beforeEach, vi } from "vitest";

/** A request that the server has not answered yet. */
export interface Held {
  request: Record<string, unknown>;
  answer: (status: number, body: object) => void;
}

/** Hold requests of each test until it answers them: the list of those it was asked for, in their order. */
export function holdRequests(): Held[] {
  const held: Held[] = [];
  beforeEach(() => {
    held.length = 0;
    vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
      return new Promise((done) => {
        const answer = (status: number, said: object) => done(new Response(JSON.stringify(said), { status }));
        held.push({ request: JSON.parse(body), answer });
      });
    });
  });
  afterEach(() => vi.unstubAllGlobals());
  return held;
}
