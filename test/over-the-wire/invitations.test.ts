import { describe, expect, it } from 'vitest';
import { CreateInvitationReply, type InvitationRequest } from '../../src/protocol/host-bodies.ts';
import { api, createRoom } from '../support/server/api.ts';
import { codeOf, type Guest, type Person, type Stage, startStage } from './stage.ts';

const PASSWORD = 'correct horse';

/** Ann in her own room, which has a password. */
async function party(stage: Stage) {
  const owner = await stage.guest('Ann');
  const { id: roomId } = await createRoom(stage.server.url, owner.token, { password: PASSWORD });
  return { roomId, owner, ann: await owner.inside(roomId) };
}

/** Returns the secret of a new invitation. */
async function invite(
  { server }: Stage,
  { token }: Guest,
  roomId: string,
  body: InvitationRequest = {},
): Promise<string> {
  const path = `/rooms/${roomId}/invitations`;
  const { url } = await api(server.url, path, { reply: CreateInvitationReply, token, body });
  const link = new URL(url);
  expect(link.pathname).toBe(`/connect/${roomId}`);
  return link.searchParams.get('invite') ?? '';
}

const join = (person: Person, roomId: string, secret?: string) =>
  person.request('room:join', { roomId, ...(secret === undefined ? {} : { invite: secret }) });

describe('an invitation', () => {
  it('[RM12] replaces the password, and gives its rights from then on', async () => {
    const stage = await startStage();
    const { roomId, owner } = await party(stage);
    const secret = await invite(stage, owner, roomId, { host: true, send: ['audio', 'chat'] });
    const ben = await stage.guest('Ben');
    expect(codeOf(await join(await ben.connect(), roomId))).toBe('password_required');
    const you = { host: true, send: ['audio', 'chat'] };
    const person = await ben.connect();
    expect((await join(person, roomId, secret)).payload).toMatchObject({ you });
    await person.request('room:leave');
    expect((await join(await ben.connect(), roomId)).payload).toMatchObject({ you });
  });
});
