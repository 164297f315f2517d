import type { Environment } from '../../src/config/config.ts';
import type { Overrides } from '../../src/server.ts';
import { SECRET } from '../support/server/accounts.ts';
import { ask, minted } from './hosting.ts';
import { type Guest, type Stage, startStage } from './stage.ts';

/** A server, and a backend that shares its secret. */
export async function startBackend(environment: Environment = {}, overrides: Overrides = {}) {
  const stage = await startStage({ JWT_SECRET: SECRET, ...environment }, overrides);
  return { stage, ...(await backendOf(stage)) };
}

/** A backend of a server that has its secret. */
export async function backendOf(stage: Stage) {
  const service = await minted(stage, { sub: 'backend', role: 'service' });
  return {
    service,
    /** A user of the backend's. */
    user: (sub: string): Promise<Guest> => minted(stage, { sub }),
    /** @returns the status, and the fields of the reply */
    async call(method: string, path: string, body?: object, who: Guest = service) {
      const reply = await ask(stage, method, path, who, body);
      const text = await reply.text();
      return { status: reply.status, ...(text === '' ? {} : JSON.parse(text)) };
    },
  };
}
