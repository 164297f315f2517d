import { type Call, joinCall, type RemotePeer } from 'parley-client';
import { useEffect, useRef, useState } from 'react';

interface VideoCallProps {
  /** The link to the call. */
  readonly url: string;
  readonly name: string;
  /** Take this component out: that leaves the call. */
  readonly onLeave: () => void;
}

/** A call, from when it is mounted until it is unmounted. */
export function VideoCall({ url, name, onLeave }: VideoCallProps) {
  const [call, setCall] = useState<Call>();
  const [peers, setPeers] = useState<readonly RemotePeer[]>([]);
  const [muted, setMuted] = useState(false);
  const [problem, setProblem] = useState('');

  useEffect(() => {
    const unmounted = new AbortController();
    const { signal } = unmounted;
    const joining = joinCall({ url, name, camera: true, microphone: true, signal });
    joining.then(
      (joined) => {
        if (signal.aborted) return;
        const showPeers = () => setPeers([...joined.peers.values()]);
        const showMuted = () => setMuted(joined.muted.audio);
        joined.on('peer', showPeers, { signal });
        joined.on('peerleft', showPeers, { signal });
        joined.on('media', showMuted, { signal });
        joined.on('ended', (reason) => setProblem(`The call is over: ${reason}`), { signal });
        showPeers();
        showMuted();
        setProblem('');
        setCall(joined);
      },
      (error) => {
        if (!signal.aborted) setProblem(error.message);
      },
    );
    return () => {
      unmounted.abort();
      // StrictMode unmounts at once, maybe while the server is letting this side in.
      joining.then(
        (joined) => joined.leave(),
        () => {},
      );
      setCall(undefined);
      setPeers([]);
    };
  }, [url, name]);

  return (
    <section>
      <p role="alert">{problem}</p>
      {peers.map((peer) => (
        <Tile key={peer.key} peer={peer} />
      ))}
      <button type="button" disabled={call === undefined} onClick={() => call?.setMuted({ audio: !muted })}>
        {muted ? 'Unmute' : 'Mute'}
      </button>
      <button type="button" onClick={onLeave}>
        Leave
      </button>
    </section>
  );
}

function Tile({ peer }: { readonly peer: RemotePeer }) {
  const pictures = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (pictures.current !== null) return peer.attach(pictures.current);
  }, [peer]);
  return (
    <figure>
      <div ref={pictures} />
      <figcaption>{peer.displayName ?? 'Guest'}</figcaption>
    </figure>
  );
}
