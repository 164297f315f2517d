import { type Check, fail, ok, skip } from '../line.ts';

/** Whether this server answers at PUBLIC_URL, and no other: proved by a secret that only this one's database has. */
export const here: Check = {
  id: 'here',
  tried: 'let this server prove that PUBLIC_URL leads to it',
  async run({ publicUrl, server }) {
    const found = await publicUrl();
    if (found.kind === 'not_set') return skip('PUBLIC_URL is not set');
    if (found.kind === 'unresolved' || found.reached.kind !== 'answered')
      return skip("PUBLIC_URL can't be reached");
    const { url, answer, reached } = found;
    if (answer !== undefined) return ok(`${url.origin} leads to this server`);
    const local = await server();
    if (!('secret' in local))
      return skip('no server on this machine has proved itself, so there is none to compare');
    if (reached.status >= 500) return skip(`${url.origin} answers ${reached.status}`);
    const location = reached.headers.get('location');
    return fail(
      `another server answers at ${url.origin} (HTTP ${reached.status}${location === undefined ? '' : `, redirects to ${location}`})`,
      `Let ${url.hostname} lead to this machine (DNS), let its proxy forward all paths to Parley, or correct PUBLIC_URL.`,
    );
  },
};
