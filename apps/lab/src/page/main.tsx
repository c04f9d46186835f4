/** Mounts the lab's page. */
import { render } from 'preact';

function App() {
  return <h1>Sortition lab</h1>;
}

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
