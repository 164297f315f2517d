import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { VideoCall } from './VideoCall.tsx';

function App() {
  const query = new URLSearchParams(location.search);
  const [open, setOpen] = useState(true);
  if (!open) return <p>You have left.</p>;
  return (
    <VideoCall
      url={query.get('call') ?? ''}
      name={query.get('name') ?? 'Guest'}
      onLeave={() => setOpen(false)}
    />
  );
}

createRoot(document.body.appendChild(document.createElement('main'))).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
