import type { ReadonlySignal, Signal } from '@preact/signals';
import { Control } from '../components/control.tsx';
import { useMessages } from '../i18n/messages.ts';
import type { CallModel } from './call-model.ts';
import { type SideTab, Unread } from './panels/side-panel.tsx';

interface ControlProps {
  readonly onClick: () => void;
}

export function ShareControl({ call, onClick }: ControlProps & { readonly call: CallModel }) {
  const t = useMessages();
  const sharing = call.self.value.screen !== null;
  if (!call.canShare) return null;
  return (
    <Control
      icon={sharing ? 'screenOff' : 'screen'}
      label={sharing ? t.call.stopShare : t.call.share}
      active={sharing}
      cap="S"
      onClick={onClick}
    />
  );
}

export function HandControl({ call, onClick }: ControlProps & { readonly call: CallModel }) {
  const t = useMessages();
  const isRaised = call.hands.own.value !== null;
  return (
    <Control
      icon="hand"
      label={isRaised ? t.talk.lowerHand : t.talk.raiseHand}
      active={isRaised}
      cap="H"
      onClick={onClick}
    />
  );
}

interface ReactControlProps {
  readonly reacting: Signal<boolean>;
  /** Closes the menu that contains the control. */
  readonly choose?: (act: () => void) => () => void;
}

export function ReactControl({ reacting, choose = (act) => act }: ReactControlProps) {
  const t = useMessages();
  return (
    <Control
      icon="smile"
      label={t.talk.reactions}
      active={reacting.value}
      expanded={reacting.value}
      cap="R"
      onClick={choose(() => {
        reacting.value = !reacting.peek();
      })}
    />
  );
}

export function PeopleControl({ side, onClick }: ControlProps & { readonly side: SideTab | null }) {
  const t = useMessages();
  const isOpen = side === 'people';
  return (
    <Control
      icon="people"
      label={isOpen ? t.talk.hidePeople : t.talk.openPeople}
      active={isOpen}
      expanded={isOpen}
      cap="P"
      onClick={onClick}
    />
  );
}

interface ChatControlProps extends ControlProps {
  readonly side: SideTab | null;
  readonly unread: ReadonlySignal<number>;
}

export function ChatControl({ side, unread, onClick }: ChatControlProps) {
  const t = useMessages();
  const isOpen = side === 'chat';
  return (
    <Control
      icon="chat"
      label={isOpen ? t.talk.hideChat : t.talk.openChat}
      active={isOpen}
      expanded={isOpen}
      cap="C"
      onClick={onClick}
    >
      {unread.value > 0 && <Unread count={unread.value} />}
    </Control>
  );
}
