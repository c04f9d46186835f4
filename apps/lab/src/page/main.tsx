/** Starts the page: one session with the lab, one tree of views. */
import { render } from 'preact';
import { App } from './app.tsx';
import { createLabSession, LabContext } from './lab/lab-session.ts';
import { followAddressBar } from './route.ts';
import './styles/main.css';
import { applyTheme } from './theme.ts';

const root = document.getElementById('app');
if (root === null) throw new Error('The document has no element for the page.');

applyTheme();
followAddressBar();
render(
  <LabContext.Provider value={createLabSession(location.origin)}>
    <App />
  </LabContext.Provider>,
  root,
);
