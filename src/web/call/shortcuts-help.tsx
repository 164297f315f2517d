import { useMessages } from '../i18n/messages.ts';
import { SHORTCUTS } from './shortcuts.ts';

interface ShortcutsHelpProps {
  readonly canShare: boolean;
  readonly enabled: boolean;
  readonly onEnabled: (enabled: boolean) => void;
}

/** Lists the keyboard shortcuts and can turn them off (WCAG 2.1.4). */
export function ShortcutsHelp({ canShare, enabled, onEnabled }: ShortcutsHelpProps) {
  const t = useMessages();
  const words = {
    mute: t.keys.mute,
    camera: t.keys.camera,
    screen: t.keys.screen,
    talk: t.keys.talk,
    hand: t.talk.handKey,
    react: t.talk.reactKey,
    layout: t.talk.layoutKey,
    chat: t.talk.chat,
    people: t.talk.people,
    details: t.keys.details,
    help: t.keys.help,
  };
  const shown = SHORTCUTS.filter(({ action }) => canShare || action !== 'screen');
  return (
    <>
      <p class="soft">{t.keys.intro}</p>
      <dl class="keys">
        {shown.map(({ action, cap }) => (
          <div key={action}>
            <dt>
              <kbd>{cap === 'space' ? t.keys.space : cap}</kbd>
            </dt>
            <dd>{words[action]}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={enabled}
          onChange={(event) => onEnabled(event.currentTarget.checked)}
        />
        {t.keys.on}
      </label>
    </>
  );
}
