import { openssl } from './openssl.ts';
import { endAll } from './process.ts';
import { Report } from './report.ts';
const report = new Report(process.argv[2]);
await openssl(report);
report.print();
endAll();
process.exit(0);
