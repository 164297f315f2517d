import { afterEach, expect, it, vi } from 'vitest';
import { rooms } from '../../src/client/index.ts';

afterEach(() => vi.unstubAllGlobals());

// Browsers would ask for another address: DELETE /rooms/.. is DELETE /.
it.each(['', '.', '..', '\ud800'])('asks the server for nothing if the id is %j', async (id) => {
  const fetched = vi.fn();
  vi.stubGlobal('fetch', fetched);
  const acting = { baseUrl: 'https://call.example.org', token: async () => 'any' };
  await expect(rooms.remove(acting, id)).rejects.toMatchObject({
    code: 'invalid_message',
    message: expect.stringContaining('is no id'),
  });
  expect(fetched).not.toHaveBeenCalled();
});
