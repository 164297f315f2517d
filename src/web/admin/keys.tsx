import { admin } from '../../client/admin.ts';
import { useAdminMessages } from '../i18n/admin-messages.ts';
import { useAsk } from './ask.ts';
import { ActionsView, useActions } from './parts/actions.tsx';
import { Ago } from './parts/ago.tsx';
import { Empty, PolledView } from './parts/polled-view.tsx';
import { SectionPage } from './parts/section-page.tsx';
import { SLOW_POLL_MS, usePolled } from './polled.ts';

/** The keys that sign access tokens; the one in use can be replaced. */
export function Keys() {
  const words = useAdminMessages().keys;
  const ask = useAsk();
  const polled = usePolled(async () => (await ask(admin.keys)).items, SLOW_POLL_MS);
  const actions = useActions();
  const rotate = () =>
    actions.ask({
      title: words.rotateAsked,
      text: words.rotateText,
      confirm: words.rotate,
      async act() {
        await ask(admin.rotateKeys);
        void polled.refresh();
      },
      done: words.rotated,
    });
  return (
    <SectionPage section="keys" intro={words.intro}>
      <ActionsView actions={actions} />
      <PolledView polled={polled} loading={words.loading}>
        {(keys) =>
          keys.length === 0 ? (
            <Empty title={words.none} text={words.noneText} />
          ) : (
            <>
              <ul class="admin-list">
                {keys.map(({ kid, algorithm, createdAt, retiredAt }) => (
                  <li key={kid}>
                    <div>
                      <p class="place">
                        <code>{kid}</code>
                        {retiredAt === null && (
                          <span class="badge" data-tone="ok">
                            {words.current}
                          </span>
                        )}
                      </p>
                      <p class="soft">
                        {algorithm} · <Ago time={createdAt} say={words.created} />
                        {retiredAt !== null && (
                          <>
                            {' · '}
                            <Ago time={retiredAt} say={words.retired} />
                          </>
                        )}
                      </p>
                    </div>
                  </li>
                ))}
              </ul>
              <button type="button" class="button quiet danger" onClick={rotate}>
                {words.rotate}
              </button>
            </>
          )
        }
      </PolledView>
    </SectionPage>
  );
}
