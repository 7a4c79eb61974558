/** `twilio-emergency from-csv`: a spreadsheet of sites and numbers as manifests. */
import { Command } from "commander";
import { namespaceName, objectName } from "./manifests/object-name.ts";

export interface FromCsvOptions {
  readonly check?: true;
  readonly namespace?: string;
  readonly accountName: string;
}

export function fromCsvCommand(): Command {
  return new Command("from-csv")
    .description("Turn a spreadsheet of sites and numbers into manifests; asks Twilio nothing")
    .argument("<file>", "CSV with a header, or - for standard input")
    .option("--check", "only say what is wrong with it")
    .option("--namespace <name>", "namespace of the objects", namespaceName)
    .option("--account-name <name>", "name of the TwilioAccount", objectName, "default")
    .addHelpText(
      "after",
      "\nColumns: site,customerName,street,streetSecondary,city,region,postalCode,isoCountry,phoneNumber\n" +
        "Rows of one site have one address and a number each.\n\n" +
        "Example:\n  twilio-emergency from-csv examples/sites.csv --check",
    )
    .action(async (file: string, options: FromCsvOptions) => {
      const { convertCsv } = await import("./from-csv/run.ts");
      process.exitCode = convertCsv(file, options);
    });
}
