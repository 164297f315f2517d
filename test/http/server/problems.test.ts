import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../../src/domain/errors.ts';
import { problem } from '../../../src/http/server/problems.ts';
import { Problem } from '../../../src/protocol/bodies.ts';
import { ERROR_CODES } from '../../../src/protocol/codes.ts';

const STATUSES: Readonly<Record<string, number>> = {
  room_not_found: 404,
  password_required: 403,
  wrong_password: 403,
  forbidden: 403,
  rate_limited: 429,
  too_large: 413,
  unauthorized: 401,
  validation_failed: 400,
  invalid_json: 400,
  refresh_token_reused: 401,
  username_taken: 409,
  method_not_allowed: 405,
  unavailable: 503,
  internal: 500,
};

describe('problems', () => {
  for (const code of ERROR_CODES) {
    it(`[HT2] ${code} is problem+json that fits the contract`, () => {
      const { status, headers, body } = problem(new ParleyError(code, 'Do this next.'));
      const parsed = v.parse(Problem, JSON.parse(String(body)));
      expect(parsed).toMatchObject({
        code,
        status,
        detail: 'Do this next.',
        type: `urn:parley:problem:${code}`,
      });
      expect(status).toBe(STATUSES[code] ?? status);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(headers).toContainEqual(['Content-Type', 'application/problem+json']);
      expect(headers.some(([name]) => name === 'WWW-Authenticate')).toBe(status === 401);
    });
  }

  it('keep every message within its quotes in WWW-Authenticate', () => {
    const { headers } = problem(new ParleyError('unauthorized', 'a "b"\r\nSet-Cookie: c\\ é'));
    const challenge = headers.find(([name]) => name === 'WWW-Authenticate')?.[1] ?? '';
    expect(challenge).toBe(
      'Bearer realm="parley", error="invalid_token", error_description="a  b   Set-Cookie: c   "',
    );
  });
});
