import type { Environment } from '../../src/config/config.ts';
import { createLog } from '../../src/lib/log.ts';
import { TokensReply } from '../../src/protocol/bodies.ts';
import type { Overrides } from '../../src/server.ts';
import { api } from '../support/server/api.ts';
import { type PeopleStage, problemOf, startPeople } from './people.ts';
import type { Guest } from './stage.ts';

export const PASSWORD = 'correct horse';

/** A server with an admin, and what it does to others. */
export interface AdminStage extends PeopleStage {
  readonly admin: Guest;
  /** Registers somebody. */
  register(email: string): Promise<Guest & Pick<TokensReply, 'refreshToken'>>;
  /** A request of the admin, or of somebody else. @returns the status, and the body or the code of a problem */
  act(method: string, path: string, body?: object, token?: string): Promise<[status: number, body: unknown]>;
  /** Lines of the log so far that have this message. */
  logged(message: string): Record<string, unknown>[];
  /** Everything that was logged. */
  readonly log: readonly string[];
}

export async function startAdmins(
  environment: Environment = {},
  overrides: Overrides = {},
): Promise<AdminStage> {
  const lines: string[] = [];
  const log = createLog({ level: 'info', now: Date.now, write: (line) => lines.push(line) });
  const stage = await startPeople(environment, { log, ...overrides });
  const { url, setupToken: token } = stage.server;
  const made = await api(url, '/setup', {
    reply: TokensReply,
    body: { token, email: 'ada@example.org', password: PASSWORD },
  });
  const admin = stage.bearer(made.user.id, made.accessToken);
  return {
    ...stage,
    admin,
    log: lines,
    logged: (message) => lines.map((line) => JSON.parse(line)).filter((line) => line.message === message),
    async register(email) {
      const { user, accessToken, refreshToken } = await api(url, '/auth/register', {
        reply: TokensReply,
        body: { email, password: PASSWORD },
      });
      return { ...stage.bearer(user.id, accessToken), refreshToken };
    },
    async act(method, path, body, by = admin.token) {
      const response = await stage.ask(method, path, by, body);
      if (!response.ok) return problemOf(response);
      const text = await response.text();
      return [response.status, text === '' ? '' : JSON.parse(text)];
    },
  };
}
