import { gnutls } from './gnutls.ts';
import { endAll } from './process.ts';
import { Report } from './report.ts';
const report = new Report(process.argv[2]);
await gnutls(report);
report.print();
endAll();
process.exit(0);
