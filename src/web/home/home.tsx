import type { CreatedRoom } from '../../client/index.ts';
import { Logo } from '../components/logo.tsx';
import { Notice } from '../components/notice.tsx';
import { useMessages } from '../i18n/messages.ts';
import type { Login } from '../login.ts';
import { useViewHeading } from '../use-view-heading.ts';
import { JoinForm } from './join-form.tsx';
import { MeshArt } from './mesh-art.tsx';
import { StartForm } from './start-form.tsx';

interface HomeProps {
  readonly login: Login;
  readonly missing: boolean;
  readonly onCreated: (created: CreatedRoom, password: string) => void;
  readonly onJoin: (roomId: string) => void;
}

export function Home({ login, missing, onCreated, onJoin }: HomeProps) {
  const t = useMessages();
  const heading = useViewHeading<HTMLHeadingElement>(t.home.title);
  return (
    <div class="home">
      <header class="bar">
        <Logo />
      </header>
      <main>
        <div class="pitch">
          {missing && <Notice title={t.home.missingTitle} text={t.home.missingText} />}
          <h1 ref={heading} tabIndex={-1}>
            {t.home.headline}
          </h1>
          <p class="promise">{t.home.promise}</p>
          <StartForm login={login} onCreated={onCreated} />
          <JoinForm onJoin={onJoin} />
        </div>
        <MeshArt />
      </main>
      <footer>
        <ul class="facts">
          {t.home.facts.map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
      </footer>
    </div>
  );
}
