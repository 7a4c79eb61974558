// Command kstatus prints what the kstatus library makes of each file named: path, status and message, by tabs.
package main

import (
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/yaml"
)

func main() {
	for _, path := range os.Args[1:] {
		if err := judge(path); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			os.Exit(1)
		}
	}
}

func judge(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	json, err := yaml.YAMLToJSON(text)
	if err != nil {
		return err
	}
	object := &unstructured.Unstructured{}
	// Not into a plain map: its whole numbers would be floating, and kstatus wants a generation.
	if err := object.UnmarshalJSON(json); err != nil {
		return err
	}
	result, err := status.Compute(object)
	if err != nil {
		return err
	}
	fmt.Printf("%s\t%s\t%s\n", path, result.Status, result.Message)
	return nil
}
