import type { CreatedRoom } from '../client/index.ts';
import { CallView } from './call/call-view.tsx';
import type { Session } from './guest-login.ts';
import { EndedView } from './lobby/ended-view.tsx';
import { Lobby } from './lobby/lobby.tsx';
import { LookingView, UnfoundView } from './lobby/message-page.tsx';
import type { Navigation } from './navigation.ts';
import type { Prefs } from './prefs.ts';
import type { RoomModel } from './room-model.ts';

interface RoomViewProps {
  readonly model: RoomModel;
  readonly prefs: Prefs;
  readonly password: string;
  readonly link: string;
  readonly navigation: Navigation;
  readonly session: Session;
  readonly onCreated: (created: CreatedRoom, password: string) => void;
  readonly onHome: () => void;
}

/** One view for each phase of a call. */
export function RoomView({ model, prefs, password, link, navigation, session, ...on }: RoomViewProps) {
  const { onCreated, onHome } = on;
  const phase = model.phase.value;
  switch (phase.at) {
    case 'looking':
      return <LookingView />;
    case 'unfound':
      return <UnfoundView failure={phase.failure} onRetry={model.look} onHome={onHome} />;
    case 'lobby':
      return (
        <Lobby
          room={phase.room}
          media={model.media}
          failure={phase.failure}
          joining={phase.joining}
          opened={phase.opened}
          onWatch={model.watch}
          entry={{ name: prefs.get('name'), password }}
          onJoin={model.join}
          onHome={onHome}
        />
      );
    case 'call':
      return <CallView call={phase.call} prefs={prefs} link={link} navigation={navigation} />;
    case 'ended':
      return (
        <EndedView
          room={phase.room}
          reason={phase.reason}
          link={link}
          session={session}
          onRejoin={model.rejoin}
          onCreated={onCreated}
          onHome={onHome}
        />
      );
  }
}
