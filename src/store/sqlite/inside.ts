import type { PeerId, RoomId } from '../../domain/ids.ts';
import type { InsideStore, ToldCall, ToldPeer } from '../contract.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './driver.ts';

export function createInsideStore(database: Connection, { soon }: Pick<Batch, 'soon'>) {
  const addPeer = database.prepare<[ToldPeer]>(
    `INSERT INTO told_peers (peer_id, room_id, user_id, display_name, joined_at)
     VALUES (:peerId, :roomId, :userId, :displayName, :joinedAt) ON CONFLICT DO NOTHING`,
  );
  const removePeer = database.prepare<[string]>('DELETE FROM told_peers WHERE peer_id = ?');
  const addCall = database.prepare<[ToldCall]>(
    `INSERT INTO told_calls (room_id, call_id, started_at, peak) VALUES (:roomId, :callId, :startedAt, :peak)
     ON CONFLICT (room_id) DO UPDATE SET call_id = excluded.call_id, started_at = excluded.started_at,
       peak = excluded.peak`,
  );
  const setPeak = database.prepare<[number, string]>('UPDATE told_calls SET peak = ? WHERE room_id = ?');
  const removeCall = database.prepare<[string]>('DELETE FROM told_calls WHERE room_id = ?');
  const peers = database.prepare<[], ToldPeer>(
    `SELECT peer_id AS peerId, room_id AS roomId, user_id AS userId, display_name AS displayName,
       joined_at AS joinedAt
     FROM told_peers ORDER BY joined_at`,
  );
  const calls = database.prepare<[], ToldCall>(
    'SELECT room_id AS roomId, call_id AS callId, started_at AS startedAt, peak FROM told_calls',
  );

  return {
    together(writes) {
      // A savepoint in the transaction of the turn: one write that fails takes back the others.
      soon(database.transaction(writes));
    },
    addPeer: (peer) => void addPeer.run(peer),
    removePeer: (peerId: PeerId) => removePeer.run(peerId).changes === 1,
    addCall: (call) => void addCall.run(call),
    setPeak: (roomId: RoomId, peak: number) => void setPeak.run(peak, roomId),
    removeCall: (roomId: RoomId) => removeCall.run(roomId).changes === 1,
    peers: () => peers.all(),
    calls: () => calls.all(),
  } satisfies InsideStore;
}
