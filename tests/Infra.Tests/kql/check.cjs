// Reads a JSON list of queries from standard input; writes a list of what is wrong with each, against the tables of Log Analytics that the app writes to.
'use strict';
const fs = require('fs');
const path = require('path');
const vm = require('vm');

const language = path.dirname(require.resolve('@kusto/language-service-next/package.json'));
for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js']) {
  vm.runInThisContext(fs.readFileSync(path.join(language, file), 'utf8'), { filename: file });
}

// Columns as in the Azure Monitor table reference; of the many that describe a browser or the app's place, none is asked for.
const common = 'TimeGenerated:datetime, AppRoleInstance:string, AppRoleName:string, AppVersion:string, ItemCount:int, Measurements:dynamic, OperationId:string, ' +
  'OperationName:string, ParentId:string, Properties:dynamic';
const tables = {
  AppTraces: `${common}, Message:string, SeverityLevel:int`,
  AppMetrics: 'TimeGenerated:datetime, AppRoleInstance:string, AppRoleName:string, AppVersion:string, ItemCount:int, Max:real, Min:real, Name:string, ' +
    'OperationId:string, OperationName:string, ParentId:string, Properties:dynamic, Sum:real',
  AppDependencies: `${common}, Data:string, DependencyType:string, DurationMs:real, Id:string, Name:string, ResultCode:string, Success:bool, Target:string`,
};

const { KustoCode, GlobalState, Symbols } = Kusto.Language;
const symbols = Object.entries(tables).map(([name, columns]) => Symbols.TableSymbol.From(`(${columns})`).WithName(name));
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol('workspace', System.Array.init(symbols, Symbols.Symbol)));
const queries = JSON.parse(fs.readFileSync(0, 'utf8'));
const found = queries.map(query => {
  const diagnostics = KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
  return Array.from({ length: System.Array.getCount(diagnostics) }, (_, i) => System.Array.getItem(diagnostics, i).Message);
});
process.stdout.write(JSON.stringify(found));
