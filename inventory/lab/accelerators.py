"""A simulated ``nvidia-smi`` for nodes whose accelerators do not exist; it says so in the product name."""

from __future__ import annotations

from gigaworks.inventory.lab.machine import Hardware

DRIVER, CUDA = "580.82.07", "13.0"

_SCRIPT = """\
#!/bin/sh
# Made by Gigaworks: there is no GPU in this machine, this answers for a simulated one.
names='@NAMES@'
each() { n=0; for serial in @SERIALS@; do "$@"; n=$((n + 1)); done; }
bus() { printf '00000000:%02X:00.0' $((n + 1)); }
line() { echo "GPU $n: $names (UUID: GPU-simulated-$serial)"; }
gpu() {
    echo "  <gpu id=\\"$(bus)\\"><product_name>$names</product_name><serial>$serial</serial>"
    echo "    <uuid>GPU-simulated-$serial</uuid><minor_number>$n</minor_number></gpu>"
}
row() {
    out=
    for field in $(echo "$fields" | tr ',' ' '); do
        case $field in
            index) value=$n ;;
            name | gpu_name) value=$names ;;
            serial | gpu_serial) value=$serial ;;
            uuid | gpu_uuid) value=GPU-simulated-$serial ;;
            driver_version) value=@DRIVER@ ;;
            count) value=@COUNT@ ;;
            pci.bus_id | gpu_bus_id) value=$(bus) ;;
            *) value='[N/A]' ;;
        esac
        out="$out${out:+, }$value"
    done
    echo "$out"
}
fields= header=yes
for word; do
    case $word in
        --query-gpu=*) fields=${word#*=} ;;
        --format=*noheader*) header=no ;;
    esac
done
case "${1:-}" in
    -L | --list-gpus) each line ;;
    --query-gpu=* | --format=*)
        [ $header = yes ] && echo "$fields" | sed 's/,/, /g'
        each row ;;
    -q | -x)
        echo '<?xml version="1.0" ?>'
        echo '<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">'
        echo '<nvidia_smi_log><timestamp>simulated</timestamp>'
        echo "  <driver_version>@DRIVER@</driver_version><cuda_version>@CUDA@</cuda_version>"
        echo "  <attached_gpus>@COUNT@</attached_gpus>"
        each gpu
        echo '</nvidia_smi_log>' ;;
    *) each line ;;
esac
"""


def nvidia_smi(hardware: Hardware) -> str:
    """Return the tool as a shell script; count, product and serial numbers are the hardware's."""
    accelerators = hardware.accelerators
    count = accelerators.count if accelerators else 0
    product = accelerators.model if accelerators else "none"
    values = {
        "@NAMES@": product if "simulated" in product.lower() else f"{product} (simulated)",
        "@SERIALS@": " ".join(f"{hardware.serial}-{number}" for number in range(count)),
        "@COUNT@": str(count),
        "@DRIVER@": DRIVER,
        "@CUDA@": CUDA,
    }
    script = _SCRIPT
    for mark, value in values.items():
        script = script.replace(mark, value.replace("'", ""))
    return script
