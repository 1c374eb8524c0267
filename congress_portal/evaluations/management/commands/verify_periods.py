from typing import Any

from django.core.management.base import CommandError, CommandParser

from congress_portal.core.commands import OfficeCommand
from congress_portal.evaluations.output import write_json
from congress_portal.evaluations.services.proofs import Proof, prove_published


class Command(OfficeCommand):
    help = "按封存的依据重算每个已发布的周期，证明没有改动（有不一致时退出码为 1）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", metavar="FILE", help="把核验结果写成 JSON 文件。")

    def handle(self, **options: Any) -> None:
        proofs = prove_published()
        if options["json"]:
            write_json(options["json"], {"sheets": [_told(proof) for proof in proofs]})
            self.stdout.write(f"已写入 {options['json']}")
        for proof in proofs:
            name = f"{proof.sheet.scheme.name} {proof.sheet.period.label}第{proof.sheet.version}版"
            if not proof.is_intact:
                self.stderr.write(f"{name}：与封存的数据摘要不一致。")
            elif proof.has_changed:
                self.stdout.write(f"{name}：没有改动。记录有变化，可出新版。")
        faults = sum(not proof.is_intact for proof in proofs)
        if faults:
            raise CommandError(f"{len(proofs)} 份已发布的结果，{faults} 份不一致。", returncode=1)
        self.stdout.write(f"{len(proofs)} 份已发布的结果重算一致，没有改动。")


def _told(proof: Proof) -> dict[str, Any]:
    return {
        "scheme": proof.sheet.scheme.name,
        "period": proof.sheet.period_code,
        "version": proof.sheet.version,
        "digest": proof.sheet.digest,
        "intact": proof.is_intact,
        "records_changed": proof.has_changed,
    }
