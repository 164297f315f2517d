import { useMemo } from 'preact/hooks';
import { type Acting, ParleyClientError } from '../../client/index.ts';
import type { Login } from '../login.ts';
import { usePage } from '../page-context.ts';

/** Runs a request as the admin who is signed in. */
export type Ask = <Reply>(request: (account: Acting) => Promise<Reply>) => Promise<Reply>;

/** Of a login without anybody, no guest is made: it fails with `unauthorized`. */
export function createAsk(login: Pick<Login, 'account'>): Ask {
  return async (request) => {
    const account = login.account();
    try {
      return await request(account);
    } catch (error) {
      // The role may have been taken away: a refresh brings the user as it is now, and the view follows.
      if (error instanceof ParleyClientError && error.code === 'forbidden') {
        await account.token(true).catch(() => {});
      }
      throw error;
    }
  };
}

export function useAsk(): Ask {
  const { login } = usePage();
  return useMemo(() => createAsk(login), [login]);
}
