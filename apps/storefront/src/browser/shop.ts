/** What pages run: nothing that they could not be used without. */
import './shop.css';
import { showBrowserIdentity } from './browser-identity.ts';
import { keepTotals } from './cart-totals.ts';
import { readPageData } from './page-data.ts';
import { refreshSplit } from './split-refresh.ts';

const data = readPageData();
if (data !== null) {
  showBrowserIdentity(data);
  keepTotals(data);
}
refreshSplit();
